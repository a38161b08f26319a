// The relay of a Unix datagram socket, twice. Arguments: the path, its rights in octal. Each datagram goes to standard
// output behind its length (32 bits, big-endian); an empty one says that the socket is there.

export const PERL_RELAY = `
use strict; use Socket;
my ($path, $mode) = @ARGV;
umask(0777 & ~oct($mode));
socket(my $sock, PF_UNIX, SOCK_DGRAM, 0) or die "socket: $!\\n";
unlink $path;
bind($sock, sockaddr_un($path)) or die "$!\\n";
setsockopt($sock, SOL_SOCKET, SO_RCVBUF, pack('l', 4194304));
sub put { my $data = pack('N', length $_[0]) . $_[0]; my $at = 0;
  while ($at < length $data) { my $n = syswrite(STDOUT, $data, length($data) - $at, $at); exit 0 unless defined $n; $at += $n; } }
put('');
my $want = ''; vec($want, fileno($sock), 1) = 1; vec($want, fileno(STDIN), 1) = 1;
while (1) {
  my $n = select(my $ready = $want, undef, undef, undef);
  next if $n < 0;
  if (vec($ready, fileno(STDIN), 1)) { my $byte; last unless sysread(STDIN, $byte, 1); }
  if (vec($ready, fileno($sock), 1)) { my $data = ''; put($data) if defined(recv($sock, $data, 131072, 0)) && length $data; }
}
unlink $path;
`;

export const PYTHON_RELAY = `
import os, select, socket, struct, sys
path, mode = sys.argv[1], int(sys.argv[2], 8)
os.umask(0o777 & ~mode)
sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
try:
    os.unlink(path)
except FileNotFoundError:
    pass
try:
    sock.bind(path)
except OSError as error:
    sys.exit(error.strerror or str(error))
sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4194304)
def put(data):
    data = struct.pack('>I', len(data)) + data
    while data:
        data = data[os.write(1, data):]
put(b'')
while True:
    ready = select.select([sock, 0], [], [])[0]
    if 0 in ready and not os.read(0, 1):
        break
    if sock in ready:
        data = sock.recv(131072)
        if data:
            put(data)
os.unlink(path)
`;
