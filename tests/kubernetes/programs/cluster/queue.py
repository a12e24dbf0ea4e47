"""queue.py FILE: makes nftables' queue verdict the target NFQUEUE of xtables, which does the same.

Some kernels lack nft's `queue`. The target's data are three numbers of 16 bits in the machine's order (the
queue, how many there are, flags), padded to 8 bytes.
"""

import sys

path = sys.argv[1]
with open(path) as file:
    text = file.read()
begin = text.index("func (e *Queue) marshal(")
end = text.index("func (e *Queue) unmarshal(")
made = """func (e *Queue) marshal(fam byte) ([]byte, error) {
	total := max(e.Total, 1)
	data := binary.NativeEndian.AppendUint16(nil, e.Num)
	data = binary.NativeEndian.AppendUint16(data, total)
	data = append(binary.NativeEndian.AppendUint16(data, uint16(e.Flag)), 0, 0)
	target, err := netlink.MarshalAttributes([]netlink.Attribute{
		{Type: unix.NFTA_TARGET_NAME, Data: []byte("NFQUEUE\\x00")},
		{Type: unix.NFTA_TARGET_REV, Data: binaryutil.BigEndian.PutUint32(3)},
		{Type: unix.NFTA_TARGET_INFO, Data: data},
	})
	if err != nil {
		return nil, err
	}
	return netlink.MarshalAttributes([]netlink.Attribute{
		{Type: unix.NFTA_EXPR_NAME, Data: []byte("target\\x00")},
		{Type: unix.NLA_F_NESTED | unix.NFTA_EXPR_DATA, Data: target},
	})
}

func (e *Queue) marshalData(fam byte) ([]byte, error) { return e.marshal(fam) }

"""
with open(path, "w") as file:
    file.write(text[:begin] + made + text[end:])
