-- Where pairs with their weights are kept.
CREATE OR REPLACE TABLE $into ($columns)
