"""The Assistants API over conversations and runs: a thread is a conversation, its messages are items, a run is an answer run."""
