"""Speed is claimed only beside a named peer: each figure here has one, measured in the same run."""
