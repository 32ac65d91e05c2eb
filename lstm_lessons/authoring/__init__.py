"""What whoever writes a lesson runs: notebooks executed and normalized, a study over a grid."""
