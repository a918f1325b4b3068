"""What it does in how much time, beside something simple that does the same."""
