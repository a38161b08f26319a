// Files and folders of servers that nobody outside has business with, by how much their name alone says.

/** Kinds: `f` a file secret by its name, `s` a secret folder, `e` only in a system folder, `d` a system folder, `h` a folder of a web site, `m` a name that maybe a file of a system. */
export const PATH_NAMES: readonly (readonly [kind: 'f' | 's' | 'e' | 'd' | 'h', names: string])[] = [
  [
    'f',
    'boot.ini win.ini system.ini autoexec.bat web.config wp-config.php wp-config settings.php settings.local.php configuration.php config.inc.php localsettings.php .htaccess .htpasswd .env .env.local .env.production .bash_history .history .mysql_history .bashrc .profile .bash_profile id_rsa id_dsa id_ecdsa id_ed25519 authorized_keys known_hosts .npmrc .netrc .pgpass .my.cnf .gitconfig .git-credentials php.ini httpd.conf apache2.conf nginx.conf my.cnf my.ini global.asa global.asax localstart.asp ntuser.dat unattend.xml sysprep.inf master.passwd services.yml parameters.yml database.yml secrets.yml credentials.json .dockerenv docker-compose.yml web.xml repair.sam sites.php phpinfo.php adminer.php',
  ],
  ['s', '.git .svn .hg .ssh .aws .docker .kube .vscode .idea web-inf meta-inf'],
  [
    'e',
    'passwd shadow group gshadow hosts issue fstab crontab sudoers motd resolv.conf hostname profile environment inittab mtab networks protocols services aliases security bashrc environ cmdline version cpuinfo status maps mounts stat fd system32 system access.log error.log auth.log messages secure lastlog wtmp access_log error_log apache2 httpd nginx mysql php ssh sshd_config ssl pure-ftpd.conf proftpd.conf vsftpd.conf lsb-release os-release redhat-release debian_version sam software config drivers cmd.exe win.com repair desktop.ini setup.log passwd- shadow- mtc self',
  ],
  [
    'd',
    'etc proc windows winnt inetpub var usr opt root boot sys dev tmp home bin sbin programfiles program_files users recycler wwwroot',
  ],
  [
    'h',
    'sites themes modules core files images image img css js javascript assets static media node user admin blog news article articles taxonomy views api docs lib libs vendor src dist build test tests public web index.html index.php',
  ],
];

/** Wrappers of PHP and schemes that reach where `http` does not; by what they are used for. */
export const SCHEMES: readonly (readonly [kind: 'p' | 'f' | 's', names: string])[] = [
  ['p', 'php phar expect zip compress.zlib compress.bzip2 glob ogg rar ssh2 zlib php_filter data'],
  ['f', 'file local_file netdoc jar'],
  ['s', 'gopher dict tftp sftp ldap ldaps rmi'],
];
