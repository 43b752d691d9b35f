"""Values of ours as the resources that leave."""
