"""The demo district: Fenghua's towns with invented people, built through the same operations as a real one.

Everything here is marked 演示数据. Nothing in it is imported by the product; ``jinzhong demo`` is the only way in.
"""
