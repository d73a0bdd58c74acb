"""Knows what came back of letters, each thing as it came, and which letter of ours it speaks of.

Hides how a letter is known again (signed envelope senders, Message-IDs, unsubscribe links) and
where reports are fetched. Does not decide about people: what is known becomes an event.
"""
