"""Attachments of any row: a model says `attachments = True`, and pages, REST and history follow.

What is seen and written follows the row. Files are told apart by their content, pictures are drawn anew, everything
stands encrypted in the instance's folder `files`. Every door ends in `service.attach`.
"""
