"""Order groups as prescriptions and their lines."""
