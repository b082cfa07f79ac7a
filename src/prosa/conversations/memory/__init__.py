"""What is kept in mind of conversations and people."""
