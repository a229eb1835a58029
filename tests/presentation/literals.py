"""The texts written out in a module."""

import ast


def literals(code):
    """The string literals of a module, outside what it says about itself."""
    tree = ast.parse(code)
    about = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in about
    ]
