"""What leaves the house: tables with fixed columns, their CSV bytes, and folders of them."""
