"""What the tool costs: measured figures by group. `make bench`, or `python -m bench --only launch`."""
