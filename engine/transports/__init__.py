"""Transports: bytes out and in, receipts, encryption. They know no format and no database."""
