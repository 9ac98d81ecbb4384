"""What people read: figures, tables and the one-page report."""
