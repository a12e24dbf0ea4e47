[(block) (record) (check_block) (branch) (list) (comprehension) (group) (parameters) (call)] @indent.begin
["}" "]" ")"] @indent.branch @indent.end
(string) @indent.auto
