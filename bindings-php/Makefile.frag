MANIFEST = $(srcdir)/Cargo.toml
CARGO_TARGET = $(builddir)/target

.PHONY: cargo-build
cargo-build:
	PHP=$(PHP_EXECUTABLE) PHP_CONFIG=$(PHP_CONFIG_PATH) \
		$(CARGO) build --release --locked --manifest-path $(MANIFEST) --target-dir $(CARGO_TARGET)

$(phplibdir)/payvost_webhooks.so: cargo-build
	mkdir -p $(phplibdir)
	cp $(CARGO_TARGET)/release/libpayvost_webhooks_php.$(CARGO_SUFFIX) $@
