"""The pages and their addresses."""

from django.urls import URLPattern, path

from khachquen.web.pages import (
    account,
    customers,
    dashboard,
    events,
    metrics,
    reading,
    setup,
    shop,
    sign_in,
    sources,
    tokens,
)

urlpatterns: list[URLPattern] = [
    path("sources", sources.sources, name="sources"),
    path("sources/new", sources.new_source, name="new_source"),
    path("sources/<int:source_id>", sources.source, name="source"),
    path("sources/<int:source_id>/keys", sources.new_key, name="new_key"),
    path("sources/<int:source_id>/keys/<int:key_id>/revoke", sources.close_key, name="close_key"),
    path("sources/<int:source_id>/switch", sources.switch, name="switch_source"),
    path("account", account.show, name="account"),
    path("account/save", account.save, name="save_account"),
    path("account/password", account.new_password, name="new_password"),
    path("tokens", tokens.tokens, name="tokens"),
    path("tokens/<int:token_id>/revoke", tokens.revoke, name="revoke_token"),
    path("shop", shop.settings_page, name="shop"),
    path("sign-in", sign_in.sign_in, name="sign_in"),
    path("sign-out", sign_in.sign_out, name="sign_out"),
    path("setup", setup.shop_step, name="setup"),
    path("setup/admin", setup.admin_step, name="setup_admin"),
    path("language", reading.choose_language, name="language"),
    path("theme", reading.choose_theme, name="theme"),
    path("", dashboard.show_home, name="home"),
    path("customers", customers.list_customers, name="customers"),
    path("customers/export", customers.export_list, name="customers_export"),
    path("customers/<int:profile_id>", customers.show_customer, name="customer"),
    path("orders/<int:source_id>", customers.show_order, name="order"),
    path("events", events.list_events, name="events"),
    path("events/message", events.show_message, name="message"),
    path("events/<int:event_id>", events.show_event, name="event"),
    path("metrics", metrics.list_metrics, name="metrics"),
    path("metrics/<slug:key>", metrics.show_metric, name="metric"),
    path("metrics/<slug:key>/rows", metrics.show_metric_rows, name="metric_rows"),
]
