"""The desk: one robot and one agent, which people and programs command from elsewhere while it works."""
