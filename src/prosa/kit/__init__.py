"""What has no product words: errors, clock, ids."""
