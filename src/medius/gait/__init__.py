"""From a Motion to contacts, strides and measures."""
