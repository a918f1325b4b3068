"""WhatsApp's Cloud API imitated: a separate program with its own storage."""
