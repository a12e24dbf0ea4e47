[(block) (record) (check_block) (list) (comprehension) (string)] @fold
