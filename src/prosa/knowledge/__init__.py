"""Knowledge: documents as text and passages, kept in stores and found again."""
