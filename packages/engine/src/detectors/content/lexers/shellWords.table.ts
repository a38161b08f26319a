// Commands of Unix and Windows by how much their name alone says: `s` no word of any language, `m` short and seldom a
// word, `e` an English word too.

export const COMMANDS: readonly (readonly [kind: 's' | 'm' | 'e', names: string])[] = [
  [
    's',
    'whoami uname ifconfig ipconfig netstat curl wget ncat netcat telnet nslookup traceroute tracert bash zsh ksh dash csh tcsh pwsh powershell powershell.exe cmd.exe certutil certutil.exe bitsadmin chmod chown chgrp chattr mkdir rmdir crontab lsb_release systeminfo tasklist taskkill mshta rundll32 regsvr32 wscript cscript schtasks wmic gcc perl perl5 python python2 python3 ruby php php5 php7 php8 node nodejs lua gawk mawk awk egrep fgrep zgrep zcat bzcat zstdcat xzcat xxd hexdump base64 base32 socat nohup sudo ssh scp sftp rsync tftp busybox lastlog printenv lwp-download lwp-request mkfifo mknod useradd adduser usermod userdel groupadd visudo dpkg apt-get yum rpm apk pip pip3 npm gem cpan cscli ansible ansible-config ansible-console ansible-doc ansible-galaxy ansible-inventory ansible-playbook ansible-pull ansible-vault chef-shell chef-client chef-solo knife kubectl dockerd systemctl journalctl iptables nmap tcpdump gdb strace ltrace ldd ld.so lsof pkill killall fuser arping hping3 lsattr getent getfacl setfacl sysctl dmesg lscpu lsblk lsusb lspci blkid fdisk mkfs umount rmt setsid stdbuf xargs ionice taskset openssl gpg gzip gunzip bzip2 unxz uuencode uudecode sqlite3 mysql mysqldump psql pg_dump mongo redis-cli vim vimdiff nano emacs ed.exe csplit readelf objdump nproc hostid hostnamectl timedatectl loginctl logname runlevel sha1sum sha256sum md5sum cksum reg.exe net.exe net1 ping.exe dir.exe type.exe whoami.exe attrib icacls nltest dsquery driverquery qwinsta findstr forfiles bcdboot bcdedit vssadmin wevtutil fsutil msiexec installutil msbuild regasm regsvcs odbcconf pcalua cmdkey diskshadow expand.exe extrac32 makecab esentutl ftp.exe xwizard tclsh wish expect.exe gjs guile gtester byebug capsh jjs jrunscript rvim rview zathura htop atop flock cpulimit pipx c99 c89 iwr iex regedit aa-exec',
  ],
  [
    'm',
    'ls ll cat id ps rm cp mv nc sh dd df du wc od nl ln vi pwd tac rev dig sed grep cd tar zip unzip ftp ash su lp xz bc dc env cmd ip ss cmp comm pico chroot zsoelim pidof pgrep arp unlink umask',
  ],
  [
    'e',
    'sleep ping echo find sort head tail more less type dir time date who set kill host hostname test true false exit read paste split touch copy move del start net route tree export source eval exec timeout print printf top free uptime which whereis locate tee diff alias shutdown reboot sendmail shuf tr uniq nl basename dirname readlink dig whois',
  ],
];

/** Names that a pattern like `/???/p?sswd` may stand for. */
export const GLOB_NAMES: readonly string[] = [
  'bin',
  'etc',
  'usr',
  'sbin',
  'passwd',
  'shadow',
  'cat',
  'tmp',
  'dev',
  'var',
  'proc',
  'hosts',
  'nc',
  'ls',
  'id',
  'sh',
  'bash',
  'tcp',
  'group',
  'curl',
  'wget',
  'whoami',
  'home',
  'root',
];
