"""The cast of the tests: the people of 武江北社区, and the neighbour of 桥南社区."""
