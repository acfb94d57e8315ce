"""Requests for approvals: approvers decide, askers go on, and somebody else decides while an approver is away."""
