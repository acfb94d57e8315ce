"""After-sales: asking for refunds, their list and details, and the acts on a refund."""
