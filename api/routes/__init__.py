"""The endpoints, by what they serve. They translate and delegate."""
