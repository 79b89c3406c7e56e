"""Nothing but the package."""
