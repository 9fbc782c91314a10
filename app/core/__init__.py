"""The platform every list stands on. It knows no domain."""
