"""The staff part of API v1: the pages of staff for programs, with the same forms, actions and permissions."""
