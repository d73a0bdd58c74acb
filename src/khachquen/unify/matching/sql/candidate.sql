-- Where those it is compared with stand.
CREATE OR REPLACE TABLE candidate AS FROM record LIMIT 0
