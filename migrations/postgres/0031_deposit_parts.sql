-- Parts of a deposit whose payer was divided (公司分立). `gongshi replay` fills it for a log that exists.
ALTER TABLE deposits ADD COLUMN part_of TEXT;                               -- the deposit that it was a part of
