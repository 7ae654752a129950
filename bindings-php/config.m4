dnl For `phpize`, and therefore PIE: cargo does the work (Makefile.frag).
PHP_ARG_ENABLE([payvost_webhooks],
  [whether to build payvost_webhooks],
  [AS_HELP_STRING([--disable-payvost_webhooks], [Do not build payvost_webhooks])],
  [yes])

if test "$PHP_PAYVOST_WEBHOOKS" != "no"; then
  AC_PATH_PROG([CARGO], [cargo], [no])
  if test "$CARGO" = "no"; then
    AC_MSG_ERROR([cargo was not found: install Rust (https://rustup.rs)])
  fi
  PHP_SUBST([CARGO])
  dnl Without an option for configure, this is only a name, but the build needs a path.
  PHP_CONFIG_PATH=`command -v "$PHP_CONFIG"`
  PHP_SUBST([PHP_CONFIG_PATH])
  dnl Cargo's suffix of the library. PHP always uses .so.
  case $host_os in
    darwin*) CARGO_SUFFIX=dylib ;;
    *) CARGO_SUFFIX=so ;;
  esac
  PHP_SUBST([CARGO_SUFFIX])
  PHP_MODULES='$(phplibdir)/payvost_webhooks.so'
  PHP_ADD_MAKEFILE_FRAGMENT([$abs_srcdir/Makefile.frag], [$abs_srcdir], [$abs_builddir])
fi
