[(block) (record) (check_block) (branch) (list) (comprehension) (group) (parameters) (call)] @indent
["}" "]" ")"] @outdent
