"""``python -m medius``."""

from medius.cli import main

if __name__ == "__main__":
    main()
