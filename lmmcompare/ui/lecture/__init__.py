"""The lecture page: the lecturer's stage, and the seats of those who follow."""
