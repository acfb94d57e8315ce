"""After-sales: refunds that are asked for, their list and detail, and everything that is done about one."""
