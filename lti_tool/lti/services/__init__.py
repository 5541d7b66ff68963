"""What the tool asks of a platform's services: access tokens, and assignments and grades (AGS 2.0)."""
