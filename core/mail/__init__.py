"""Mail: written with the change that causes it, delivered once by a job through the operator's SMTP server."""
