"""What has no product words: errors, clock, ids, the words of a text and their stems."""
