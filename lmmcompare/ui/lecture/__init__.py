"""The lecture page: the lecturer's view, and the followers' view on their phones."""
