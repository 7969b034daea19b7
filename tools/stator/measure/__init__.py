"""What an image costs, read from the image: sizes, stack bounds, the plan's addresses, and the verdict over the budgets."""
