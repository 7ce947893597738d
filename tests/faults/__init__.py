"""What goes wrong outside: kills, full disks, folders that vanish."""
