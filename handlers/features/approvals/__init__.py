"""Requests for approvals: approvers decide, askers resume their forms, and delegates stand in for approvers."""
